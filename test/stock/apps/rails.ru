# As the Rails Guides show: sessions and CSRF tokens of "Securing Rails Applications" (defaults of 6.1, reset_session at
# login and logout), in one file as the bug report templates of "Contributing to Ruby on Rails" are.
require 'action_controller/railtie'

class Stock < Rails::Application
  config.load_defaults 6.1
  config.eager_load = false
  config.consider_all_requests_local = false
  config.secret_key_base = ENV.fetch('SECRET_KEY_BASE')
  config.logger = Logger.new(nil)

  routes.append do
    root 'stock#home'
    get 'login', to: 'stock#new'
    post 'login', to: 'stock#create'
    delete 'logout', to: 'stock#destroy'
    get 'me', to: 'stock#show'
    post 'note', to: 'stock#note'
  end
end

Stock.initialize!

class StockController < ActionController::Base
  def home
    render inline: '<title>Stock</title>'
  end

  def new
    render inline: '<%= csrf_meta_tags %><%= form_with url: "/login" do |f| %><%= f.text_field :user %><%= f.password_field :password %><% end %>'
  end

  def create
    stored = ENV.fetch('STOCK_PASSWORD')
    given = params[:password].to_s
    return head(:unauthorized) unless params[:user] == 'alice' && ActiveSupport::SecurityUtils.secure_compare(given, stored)

    reset_session
    session[:user] = 'alice'
    redirect_to root_url
  end

  def destroy
    reset_session
    redirect_to root_url
  end

  def show
    session[:user] ? render(plain: session[:user]) : head(:unauthorized)
  end

  def note
    session[:note] = params[:note]
    head :no_content
  end
end

run Stock
